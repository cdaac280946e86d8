import type { Fault } from "./fault.ts";
import { kills } from "./faults/kills.ts";

/** All of them, in the order in which they are run. */
export const FAULTS: readonly Fault[] = [kills];
