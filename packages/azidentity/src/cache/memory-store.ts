import type { DocumentName, Lease, TokenStore } from "./token-store.ts";

/** A {@link TokenStore} for one process: it shares documents between caches, and nothing outlives the program. */
export function memoryStore(): TokenStore {
	const documents = new Map<string, string>();
	const leases = new Map<string, Waiter[]>();

	return {
		async read(name) {
			return documents.get(keyOf(name));
		},
		async update(name, edit) {
			// Nobody runs between the look and the change: both happen in one turn of the event loop.
			documents.set(keyOf(name), edit(documents.get(keyOf(name))));
		},
		async lease(task, patience) {
			const waiting = leases.get(task);
			if (waiting === undefined) {
				leases.set(task, []);
				return leaseOf(task, leases);
			}
			if (patience <= 0) return undefined;
			return queue(waiting, patience);
		},
	};
}

type Waiter = (lease: Lease) => void;

const keyOf = ({ cae, isOnBehalfOf = false, owner }: DocumentName) =>
	`${cae} ${isOnBehalfOf} ${owner}`;

function leaseOf(task: string, leases: Map<string, Waiter[]>): Lease {
	let isHeld = true;
	return {
		async release() {
			if (!isHeld) return;
			isHeld = false;
			const next = leases.get(task)?.shift();
			if (next === undefined) leases.delete(task);
			else next(leaseOf(task, leases));
		},
	};
}

function queue(
	waiting: Waiter[],
	patience: number,
): Promise<Lease | undefined> {
	return new Promise((resolve) => {
		const admit: Waiter = (lease) => {
			clearTimeout(timer);
			resolve(lease);
		};
		const timer = setTimeout(() => {
			waiting.splice(waiting.indexOf(admit), 1);
			resolve(undefined);
		}, patience);
		waiting.push(admit);
	});
}
