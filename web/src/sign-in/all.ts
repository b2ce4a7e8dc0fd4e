/** What one meets before one is signed in: fetched by whoever is not, without the pages of the app. */
export { SignInAgain, SignInView } from "../views/sign-in.tsx";
