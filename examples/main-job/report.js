const WIDTH = { name: 40, time: 10, requests: 9 };

/** Tells what happens: a table for people, or one JSON object for programs. */
export function report(asJson) {
	const steps = [];
	const print = asJson ? () => {} : (line) => console.log(line);
	const isOk = () => steps.length > 0 && steps.every(({ ok }) => ok);

	return {
		start(authority, storage) {
			print(`\n  Entra ID, emulated   ${authority}`);
			print(`  Azurite, for blobs   ${storage}\n`);
			print(row("  step", "time", "requests", "  result"));
			print(`  ${"─".repeat(100)}`);
		},
		step(step) {
			steps.push(step);
			const mark = !step.ok ? "✗" : step.skipped ? "–" : "✓";
			const requests = String(step.requests);
			print(
				row(
					`${mark} ${step.name}`,
					time(step.ms),
					requests,
					`  ${step.result}`,
				),
			);
		},
		/** Says how it ended; whether every step did what it should. */
		end() {
			const ok = isOk();
			if (asJson) {
				console.log(JSON.stringify({ ok, steps: steps.map(rounded) }));
			} else {
				print(
					ok
						? "\n  All of it worked.\n"
						: "\n  Something did not work: see the row marked ✗.\n",
				);
			}
			return ok;
		},
	};
}

function row(name, time, requests, result) {
	return `  ${name.padEnd(WIDTH.name)}${time.padStart(WIDTH.time)}${requests.padStart(WIDTH.requests)}${result}`;
}

function time(ms) {
	return ms < 1 ? `${Math.round(ms * 1000)} µs` : `${ms.toFixed(1)} ms`;
}

const rounded = (step) => ({ ...step, ms: Number(step.ms.toFixed(3)) });
