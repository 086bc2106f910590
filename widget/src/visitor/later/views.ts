// The views that come later, as one file.
export { Prechat } from "./prechat.tsx";
export { PrivacyView } from "./privacy_view.tsx";
export { Rating } from "./rating.tsx";
