/** How long somebody waits, over all the steps of getting a lock. */
export interface Patience {
	/** Aborted when patience has run out. */
	readonly signal: AbortSignal;
	/** Call when the waiting is over: what is left of it must not keep the process alive. */
	end(): void;
}

/** The longest that a timer of Node waits. Who wants to wait longer waits for ever. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Begins with the first look at its signal: who gets everything at once needs no timer.
 * @param milliseconds 0 and less have run out from the start.
 */
export function patienceFor(milliseconds: number): Patience {
	let controller: AbortController | undefined;
	let timer: NodeJS.Timeout | undefined;
	function begin(): AbortController {
		const begun = new AbortController();
		if (!(milliseconds > 0)) begun.abort();
		else if (milliseconds <= LONGEST_TIMER_MS)
			timer = setTimeout(() => begun.abort(), milliseconds);
		return begun;
	}
	return {
		get signal() {
			controller ??= begin();
			return controller.signal;
		},
		end: () => clearTimeout(timer),
	};
}

/** Those in this process who wait for their turn at a file, in the order they came. A file is in here while it is somebody's turn. */
const lines = new Map<string, (() => void)[]>();

/**
 * Waits for the turn at a file among those in this process, so that only one of them contends with other processes.
 * Resolves to what ends the turn and wakes the next, or to undefined when patience ran out before.
 */
export function takeTurn(
	path: string,
	patience: Patience,
): Promise<(() => void) | undefined> {
	const line = lines.get(path);
	if (line === undefined) {
		lines.set(path, []);
		return Promise.resolve(() => endTurn(path));
	}
	const { signal } = patience;
	if (signal.aborted) return Promise.resolve(undefined);
	return new Promise((resolve) => {
		const enter = () => {
			signal.removeEventListener("abort", leave);
			resolve(() => endTurn(path));
		};
		const leave = () => {
			line.splice(line.indexOf(enter), 1);
			resolve(undefined);
		};
		signal.addEventListener("abort", leave, { once: true });
		line.push(enter);
	});
}

function endTurn(path: string): void {
	const next = lines.get(path)?.shift();
	if (next === undefined) lines.delete(path);
	else next();
}
