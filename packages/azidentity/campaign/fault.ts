import type { Need } from "./needs.ts";
import type { Random } from "./random.ts";

/** How much of a fault is done: in CI, on a developer's machine, and overnight. */
export type Form = "short" | "usual" | "long";

/** One row of the campaign: something that goes wrong, and what must hold all the same. */
export interface Fault {
	/** As on the command line. */
	readonly name: string;
	/** What goes wrong, for the table. */
	readonly what: string;
	/** What must hold, for the table. */
	readonly mustHold: string;
	/** What is counted, in the plural. */
	readonly unit: string;
	/** How many of them. */
	readonly budgets: Readonly<Record<Form, number>>;
	readonly needs: readonly Need[];
	/** Whether CI runs it with a random seed as well, beside the fixed one. Default false. */
	readonly isVaried?: boolean;
	/** Does it. Whatever does not hold is told to the trial; what is thrown is a fault of the campaign itself. */
	run(trial: Trial): Promise<Figures>;
}

/** One run of a fault. */
export interface Trial {
	/** So many of the fault's units. */
	readonly budget: number;
	/** All choices come from it: the same seed makes the same ones. */
	readonly random: Random;
	/** A directory of its own, removed afterwards. */
	readonly scratch: string;
	/** Shows how far it is: so many of the budget, or of another number where the budget says less than all. */
	progress(done: number, all?: number): void;
	/** Tells something that did not hold. */
	broken(what: string): void;
}

/** What was measured, in words for the table. The last words of a run are how much was done. */
export interface Figures {
	readonly done: number;
	/** Such as "186 of them while they held the lock". */
	readonly notes: readonly string[];
}
