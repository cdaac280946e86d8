import type { Fault } from "./fault.ts";
import { authority } from "./faults/authority.ts";
import { clock } from "./faults/clock.ts";
import { damaged } from "./faults/damaged.ts";
import { disk } from "./faults/disk.ts";
import { keyring } from "./faults/keyring.ts";
import { kills } from "./faults/kills.ts";
import { languages } from "./faults/languages.ts";
import { memory } from "./faults/memory.ts";
import { parsers } from "./faults/parsers.ts";
import { stale } from "./faults/stale.ts";
import { together } from "./faults/together.ts";

/** All of them, in the order in which they are run. */
export const FAULTS: readonly Fault[] = [
	kills,
	together,
	languages,
	damaged,
	keyring,
	disk,
	stale,
	authority,
	clock,
	memory,
	...parsers,
];
