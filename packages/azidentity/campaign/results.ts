import { existsSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";
import type { Form } from "./fault.ts";
import type { Row } from "./run-fault.ts";

const FILE = fileURLToPath(new URL("results.json", import.meta.url));

/** When and on what a run was made. */
export function circumstances(form: Form) {
	return {
		form,
		date: new Date().toISOString().slice(0, 10),
		node: process.version,
		system: `${os.type()} ${os.release().split(".").slice(0, 2).join(".")} ${os.arch()}`,
		processor: `${os.cpus().length} × ${os.cpus()[0]?.model}`,
	};
}

type Kept = Row & ReturnType<typeof circumstances>;

/** Puts the rows in the place of those of the same faults, for the documents. */
export function keep(form: Form, rows: readonly Row[]): void {
	const before: Kept[] = existsSync(FILE)
		? JSON.parse(readFileSync(FILE, "utf8"))
		: [];
	const kept = new Map(before.map((row) => [row.name, row]));
	for (const row of rows)
		kept.set(row.name, { ...row, ...circumstances(form) });
	writeFileSync(FILE, `${JSON.stringify([...kept.values()], null, "\t")}\n`);
}
