import {
	DeviceCodeCredential,
	type DeviceCodeCredentialOptions,
	type DeviceCodeInfo,
} from "azidentity";
import type { emulatedEntra } from "./emulated-entra.ts";

/** A credential on a clock that waits move, and a person who does something at the page once they see the code. */
export function atTheDevice(
	entra: ReturnType<typeof emulatedEntra>,
	act: (info: DeviceCodeInfo) => unknown = approveBy(entra),
	options: DeviceCodeCredentialOptions = {},
) {
	const infos: DeviceCodeInfo[] = [];
	const waits: number[] = [];
	let ahead = 0;
	const credential = new DeviceCodeCredential({
		...entra.options,
		tenantId: entra.emulator.tenants.contoso.id,
		clientId: entra.emulator.apps.native.clientId,
		now: () => Date.now() + ahead,
		setTimeout(callback, milliseconds) {
			// The limit of an attempt is no wait.
			if (milliseconds === 30_000) return setTimeout(callback, milliseconds);
			waits.push(milliseconds);
			ahead += milliseconds;
			return setImmediate(callback);
		},
		userPromptCallback(info) {
			infos.push(info);
			return act(info);
		},
		...options,
	} as DeviceCodeCredentialOptions);
	return { credential, infos, waits };
}

/** What Alice does at the page. */
export function approveBy({ emulator }: ReturnType<typeof emulatedEntra>) {
	return ({ userCode }: Pick<DeviceCodeInfo, "userCode">) =>
		emulator.approveDevice(userCode, emulator.users.alice.username);
}
