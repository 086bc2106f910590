// A component that is drawn again only when its properties differ.
import { Component, type ComponentType, createElement, type VNode } from "preact";

export function memo<P extends object>(
  inner: (props: P) => VNode | null,
  isSame: (before: P, after: P) => boolean,
): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(after: P): boolean {
      return !isSame(this.props as P, after);
    }
    override render() {
      return createElement(inner as ComponentType<P>, this.props as P);
    }
  } as unknown as ComponentType<P>;
}
