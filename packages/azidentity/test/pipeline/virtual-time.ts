import { manualClock } from "@azidentity/testkit";

/** A clock with timers that run out as it moves, one after the other. */
export function virtualTime() {
	const clock = manualClock();
	const timers = new Set<{ due: number; callback: () => void }>();
	const next = () =>
		[...timers].sort((one, other) => one.due - other.due).at(0);
	/** How long each timer was started for. */
	const started: number[] = [];
	return {
		now: clock.now,
		started,
		setTimeout(callback: () => void, milliseconds: number) {
			started.push(milliseconds);
			timers.add({ due: clock.now() + milliseconds, callback });
		},
		/** Sets the clock, as a person does, or a machine's sleep: timers know nothing of it. */
		jump(milliseconds: number): void {
			clock.advance(milliseconds);
			for (const timer of timers) timer.due += milliseconds;
		},
		async pass(milliseconds: number): Promise<void> {
			const end = clock.now() + milliseconds;
			await ready();
			for (
				let timer = next();
				timer !== undefined && timer.due <= end;
				timer = next()
			) {
				clock.advance(timer.due - clock.now());
				timers.delete(timer);
				timer.callback();
				await ready();
			}
			clock.advance(end - clock.now());
		},
	};
}

/** Lets promises that are settled be heard of. There is nothing here but promises. */
async function ready(): Promise<void> {
	for (let turn = 0; turn < 40; turn += 1) await undefined;
}
