import type { Directory } from "./directory.ts";
import { checkFault, type Fault, type FaultList } from "./edge/faults.ts";
import type { RequestLog } from "./edge/request-log.ts";
import type { Engine } from "./engine/engine.ts";
import type { App, User } from "./fixtures.ts";
import { type Knobs, turnKnobs } from "./knobs.ts";
import type { ProxyRoutes } from "./proxy-routes.ts";
import type { Revocations } from "./revocations.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What a running emulator can be told. */
export interface CommandParts {
	readonly clock: VirtualClock;
	readonly directory: Directory;
	readonly engine: Engine;
	readonly faults: FaultList;
	readonly knobs: Knobs;
	readonly log: RequestLog;
	readonly revocations: Revocations;
	readonly routes: ProxyRoutes;
}

/** Runs a command by its name. Rejects with what was wrong with the call. */
export type RunCommand = (
	command: string,
	argument: unknown,
) => Promise<unknown>;

type Command = (argument: Record<string, unknown>) => unknown;

/**
 * The one table of commands, behind two doors: messages from the thread that started the emulator, and the control API
 * for other processes. Arguments are what JSON can hold, so that both doors take the same.
 */
export function commands(parts: CommandParts): RunCommand {
	const table: Readonly<Record<string, Command>> = {
		requests: () => parts.log.entries(),
		clearRequests: () => parts.log.clear(),
		configure: (knobs) => turnKnobs(parts.knobs, knobs as Partial<Knobs>),
		addFault: (fault) => {
			checkFault(fault);
			parts.faults.add(fault as Fault);
		},
		clearFaults: () => parts.faults.clear(),
		advanceClock: ({ milliseconds }) =>
			parts.clock.advance(finite("milliseconds", milliseconds)),
		revoke: ({ subject }) =>
			parts.revocations.revoke(
				parts.directory.subject(text("subject", subject)),
			),
		approveDevice: ({ userCode, username }) =>
			parts.engine.approveDevice(
				text("userCode", userCode),
				text("username", username),
			),
		denyDevice: ({ userCode }) =>
			parts.engine.denyDevice(text("userCode", userCode)),
		routeHost: ({ host, port }) =>
			parts.routes.add(text("host", host), finite("port", port)),
		updateUser: ({ username, patch }) =>
			parts.directory.updateUser(
				text("username", username),
				object("patch", patch) as Partial<User>,
			),
		updateApp: ({ clientId, patch }) =>
			parts.directory.updateApp(
				text("clientId", clientId),
				object("patch", patch) as Partial<App>,
			),
	};
	return async (name, argument) => {
		const command = Object.hasOwn(table, name) ? table[name] : undefined;
		if (command === undefined)
			throw new TypeError(
				`There is no command "${name}"; there are ${Object.keys(table).join(", ")}.`,
			);
		return command(object("argument", argument ?? {}));
	};
}

function object(name: string, value: unknown): Record<string, unknown> {
	if (typeof value !== "object" || value === null || Array.isArray(value))
		throw new TypeError(`"${name}" has to be an object.`);
	return value as Record<string, unknown>;
}

function text(name: string, value: unknown): string {
	if (typeof value !== "string" || value === "")
		throw new TypeError(`"${name}" has to be a text that is not empty.`);
	return value;
}

function finite(name: string, value: unknown): number {
	if (typeof value !== "number" || !Number.isFinite(value))
		throw new TypeError(`"${name}" has to be a number.`);
	return value;
}
