import type { Emulator, EmulatorOptions } from "./emulator.ts";

/** What the thread that starts an emulator gives to the emulator's own. */
export interface WorkerStart {
	readonly options: EmulatorOptions;
	readonly directory: string;
}

/** The members of an emulator that are plain data. */
export type EmulatorFacts = {
	[Name in keyof Emulator as Emulator[Name] extends (
		...parameters: never[]
	) => unknown
		? never
		: Name]: Emulator[Name];
};

/** From the host: a command. `suspend`, `resume` and `close` are for it alone. */
export interface Call {
	readonly id: number;
	readonly command: string;
	readonly argument: unknown;
}

/** What a system error says besides its text, as for a port that is taken. */
export interface FailedStart {
	readonly code?: string | undefined;
	readonly port?: number | undefined;
}

/** From the worker: first how it came up, then one answer for each call. */
export type WorkerMessage =
	| { readonly kind: "ready"; readonly facts: EmulatorFacts }
	| ({ readonly kind: "failed"; readonly error: string } & FailedStart)
	| { readonly kind: "done"; readonly id: number; readonly result: unknown }
	| { readonly kind: "refused"; readonly id: number; readonly error: string };
