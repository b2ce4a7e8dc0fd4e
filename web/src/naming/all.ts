/** Naming people in a picture: fetched once somebody does. */
export { PeopleField } from "./people-field.tsx";
