import type {
	DocumentName,
	Invalidation,
	Lease,
	TokenStore,
} from "./token-store.ts";

/** Where the documents of one process lie, for as many handles as there are: each is to the others what a process is. */
export interface MemoryPlace {
	open(): TokenStore;
}

/** A {@link TokenStore} for one process: it shares documents between caches, and nothing outlives the program. */
export function memoryStore(): TokenStore {
	return memoryPlace().open();
}

export function memoryPlace(): MemoryPlace {
	const documents = new Map<string, Stored>();
	const leases = new Map<string, Waiter[]>();
	/** Of each handle, those who listen through it. */
	const listening = new Set<Set<Heard>>();

	return {
		open: () => ({
			async read(name) {
				return documents.get(keyOf(name))?.text;
			},
			async update(name, edit) {
				// Nobody runs between the look and the change: both happen in one turn of the event loop.
				const text = edit(documents.get(keyOf(name))?.text);
				documents.set(keyOf(name), { name, text });
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
			async *names() {
				for (const { name } of [...documents.values()]) yield name;
			},
			invalidation: invalidationOf(listening),
		}),
	};
}

interface Stored {
	readonly name: DocumentName;
	readonly text: string;
}

type Heard = (name: DocumentName) => void;

/** What one handle has of it: all but its own are told. */
function invalidationOf(listening: Set<Set<Heard>>): Invalidation {
	const own = new Set<Heard>();
	listening.add(own);
	return {
		async announce(name) {
			for (const others of listening)
				if (others !== own) for (const heard of [...others]) heard(name);
		},
		listen(heard) {
			own.add(heard);
			return () => own.delete(heard);
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
