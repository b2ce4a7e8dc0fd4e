/** Files that come from outside the page. */
import { useEffect } from "preact/hooks";
import { compose, openCompose } from "./compose.ts";

/**
 * Files dropped or pasted anywhere open the post dialog; while it is open, it takes them. It is there from the
 * first moment: the browser would open what is dropped in place of the app, and what is pasted would be lost.
 */
export function useFilesFromOutside(): void {
  useEffect(() => {
    const takesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const onDragOver = (event: DragEvent) => {
      if (takesFiles(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      if (!takesFiles(event)) return;
      event.preventDefault(); // the browser would open the file in place of the app
      if (compose.value === null) openCompose([...(event.dataTransfer?.files ?? [])]);
    };
    const onPaste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length > 0 && compose.value === null) openCompose(files);
    };
    document.addEventListener("dragover", onDragOver);
    document.addEventListener("drop", onDrop);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("dragover", onDragOver);
      document.removeEventListener("drop", onDrop);
      document.removeEventListener("paste", onPaste);
    };
  }, []);
}
