/** What new users meet: most open it once. */
export { HandleDialog } from "./handle-dialog.tsx";
export { NameView } from "./name.tsx";
export { PeopleView } from "./people.tsx";
export { PictureView } from "./picture.tsx";
