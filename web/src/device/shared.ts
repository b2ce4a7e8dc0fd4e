/** Files that another app shares with this one, where it is installed: the post dialog opens with them. */

/** Where the browser sends them; `manifest.webmanifest` names it. */
export const SHARED_TO = "/share";
/** The page that takes them. */
const TAKEN_BY = "/?shared";
const KEPT = "shutterfeed.shared";
const NAME = "X-File-Name";

/** In the worker: keeps the files until a page has taken them. */
export async function shareTarget(request: Request): Promise<Response> {
  const form = await request.formData();
  const files = form.getAll("files").filter((one) => one instanceof File);
  await caches.delete(KEPT); // what no page has taken
  const kept = await caches.open(KEPT);
  await Promise.all(
    files.map((file, index) => {
      const headers = { "Content-Type": file.type, [NAME]: encodeURIComponent(file.name) };
      return kept.put(`${SHARED_TO}/${index}`, new Response(file, { headers }));
    }),
  );
  return new Response(null, { status: 303, headers: { Location: TAKEN_BY } });
}

/** In the page: the files in their order, once. */
export async function takeShared(): Promise<File[]> {
  const kept = await caches.open(KEPT);
  const requests = await kept.keys();
  const files = await Promise.all(
    requests.map(async (request) => {
      const response = (await kept.match(request))!;
      const name = decodeURIComponent(response.headers.get(NAME) ?? "");
      return new File([await response.blob()], name, {
        type: response.headers.get("Content-Type") ?? "",
      });
    }),
  );
  await caches.delete(KEPT);
  return files;
}
