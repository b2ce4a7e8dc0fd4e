/** Cropping a photo: fetched once somebody does. */
export { CropDialog } from "./crop-dialog.tsx";
