import {
	measuredNeed,
	metrics,
	type RefreshedMessage,
	stopwatch,
} from "./metrics.ts";
import type { Need } from "./need.ts";
import type { Owner } from "./owner.ts";

type Outcome = RefreshedMessage["outcome"];

/** Says how a flight ended. */
export type Land = (outcome: Outcome, error?: unknown) => void;

const SILENT: Land = () => {};

/** Says that a flight sets out, when somebody listens. */
export function takeOff(
	parts: { readonly cae: boolean; readonly owner: Owner },
	need: Need,
): Land {
	if (!metrics.refreshStart.hasSubscribers && !metrics.refresh.hasSubscribers)
		return SILENT;
	const { isBehind } = need;
	const message = { ...measuredNeed(parts, need.ask.written), isBehind };
	metrics.refreshStart.publish(message);
	const elapsed = stopwatch();
	return (outcome, error) =>
		metrics.refresh.publish({
			...message,
			outcome,
			duration: elapsed(),
			...(error instanceof Error && { error: error.name }),
		});
}
