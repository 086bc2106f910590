// The views that come later, as one file.
export { AgeQuestion } from "./age_question.tsx";
export { AskAgain, News } from "./new_text.tsx";
export { ClosedView } from "./closed_view.tsx";
export { Prechat } from "./prechat.tsx";
export { PrivacyView } from "./privacy_view.tsx";
export { Rating } from "./rating.tsx";
