// Measures one row: its subjects in turns, so that what disturbs one disturbs the others.

/** Figures by subject, then by column: the median of all turns, the lowest and the highest; or what a subject lacked. */
export async function measureRow(row, bench) {
	const opened = await row.open?.();
	const withOpened = { ...bench, opened };
	try {
		const subjects = await prepare(row, withOpened);
		const turns = bench.isQuick ? row.turns.quick : row.turns.full;
		for (let turn = 0; turn < turns; turn += 1) {
			for (const one of subjects) {
				if (one.lacked || turn >= (row.turnsOf?.[one.subject] ?? turns))
					continue;
				await measureOnce(row, one, withOpened);
			}
			bench.progress(`${row.name}: ${turn + 1} of ${turns}`);
		}
		return Object.fromEntries(
			subjects.map((one) => [one.subject, figuresOf(one)]),
		);
	} finally {
		await row.close?.(opened);
	}
}

async function prepare(row, bench) {
	const subjects = [];
	for (const subject of row.subjects) {
		const one = { subject, found: new Map(), notes: new Map() };
		subjects.push(one);
		try {
			one.prepared = await row.prepare?.(subject, bench);
		} catch (error) {
			one.lacked = lackOf(error);
		}
	}
	return subjects;
}

/** A subject that fails says so in its place, and the others go on. */
async function measureOnce(row, one, bench) {
	const { subject, prepared } = one;
	const keep = (key, found) => {
		if (found === undefined) return;
		const { value, note } =
			typeof found === "object" ? found : { value: found };
		if (!one.found.has(key)) one.found.set(key, []);
		one.found.get(key).push(value);
		if (note) one.notes.set(key, note);
	};
	try {
		if (row.columns.some(({ at }) => at !== undefined)) {
			for (const column of row.columns)
				keep(column.key, await row.measure(subject, prepared, bench, column));
			return;
		}
		const found = await row.measure(subject, prepared, bench, row.columns[0]);
		const isNamed = row.columns.length > 1;
		if (!isNamed) keep(row.columns[0].key, found);
		else for (const { key } of row.columns) keep(key, found[key]);
	} catch (error) {
		one.lacked = lackOf(error);
	}
}

function figuresOf({ lacked, found, notes }) {
	if (found.size === 0) return { lacked: lacked ?? "nothing was measured" };
	const figures = Object.fromEntries(
		[...found].map(([key, values]) => {
			const sorted = values.toSorted((a, b) => a - b);
			const median = sorted[Math.floor((sorted.length - 1) / 2)];
			const note = notes.get(key);
			return [
				key,
				{
					median,
					lowest: sorted[0],
					highest: sorted.at(-1),
					turns: sorted.length,
					...(note && { note }),
				},
			];
		}),
	);
	// What was measured before the failure stands.
	return lacked ? { ...figures, brokeOff: lacked } : figures;
}

function lackOf(error) {
	const text = String(error.message).trim().split("\n")[0];
	// A figure that is missing for this reason is shown to everybody: no paths of this machine.
	return text.replaceAll(/(?:file:\/\/)?\/[\w./@-]+\//g, "…/");
}
