import { Boundary, reason } from "../components/boundary.tsx";
import { lazy } from "../lazy.tsx";
import { Store, useStore } from "../store.ts";
import { toast } from "../toasts.ts";
import { wholeOf } from "./cropped.ts";
import { draft } from "./draft.ts";
import { hasFile } from "./item.ts";
import { crop } from "./showing.ts";

const CropDialog = lazy(() => import("../cropping/all.ts"), "CropDialog");

/** The item that is being cropped, by its id. */
export const cropping = new Store<string | null>(null);

/** The dialog in which a photo of the draft is cropped, while it is. Its code comes when it is asked for. */
export function CropItem() {
  const id = useStore(cropping);
  const item = useStore(draft).items.find((each) => each.id === id);
  if (item === undefined || !hasFile(item)) return null;
  const close = () => cropping.set(null);
  return (
    <Boundary
      onPartFailed={(failure) => {
        close();
        toast(reason(failure), { isError: true });
      }}
    >
      <CropDialog
        name={item.name}
        whole={wholeOf(item)}
        crop={item.crop}
        onCrop={(part, picture) => void crop(item, part, picture)}
        onClose={close}
      />
    </Boundary>
  );
}
