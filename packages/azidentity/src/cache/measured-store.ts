import { lengthOf, type Text } from "../foundation/text-pieces.ts";
import { metrics, stopwatch } from "./metrics.ts";
import type { DocumentName, Lease, PieceStore } from "./token-store.ts";

/** The same, saying how long each reading and change took, and of how much, when somebody listens. */
export function measuredPieces({
	read,
	update,
}: PieceStore["pieces"]): PieceStore["pieces"] {
	return {
		async read(name) {
			if (!metrics.storeRead.hasSubscribers) return read(name);
			const elapsed = stopwatch();
			const tell = (text: Text | undefined, isFailed: boolean) =>
				metrics.storeRead.publish(message(name, elapsed(), text, isFailed));
			return told<Text | undefined>(() => read(name), tell);
		},
		async update(name, edit) {
			if (!metrics.storeWrite.hasSubscribers) return update(name, edit);
			const elapsed = stopwatch();
			let written: Text | undefined;
			const tell = (_: unknown, isFailed: boolean) =>
				metrics.storeWrite.publish(message(name, elapsed(), written, isFailed));
			const noted = (current: Text | undefined) => {
				written = edit(current);
				return written;
			};
			return told(() => update(name, noted), tell);
		},
	};
}

/** The same lease, saying how long it was waited for when somebody listens. */
export async function measuredLease(
	wait: () => Promise<Lease | undefined>,
): Promise<Lease | undefined> {
	if (!metrics.lockWait.hasSubscribers) return wait();
	const elapsed = stopwatch();
	return told(wait, (lease, isFailed) => {
		const got = lease === undefined ? "busy" : "got";
		const outcome = isFailed ? "failed" : got;
		metrics.lockWait.publish({ duration: elapsed(), outcome });
	});
}

async function told<T>(
	work: () => Promise<T>,
	tell: (result: T | undefined, isFailed: boolean) => void,
): Promise<T> {
	let result: T;
	try {
		result = await work();
	} catch (error) {
		tell(undefined, true);
		throw error;
	}
	tell(result, false);
	return result;
}

function message(
	{ cae, isOnBehalfOf = false }: DocumentName,
	duration: number,
	text: Text | undefined,
	isFailed: boolean,
) {
	const length = lengthOf(text ?? "");
	return { isCae: cae, isOnBehalfOf, duration, length, isFailed };
}
