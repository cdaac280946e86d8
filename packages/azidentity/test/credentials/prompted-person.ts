import type { App, User } from "@azidentity/emulator";
import type { TokenCache } from "azidentity";
import {
	UserTokenGetter,
	type UserTokenGetterParts,
} from "../../src/credentials/user-token-getter.ts";
import { entraClient } from "../../src/entra/entra-client.ts";
import type { PromptRequest } from "../../src/token.ts";
import type { emulatedEntra } from "./emulated-entra.ts";

/** How a person is prompted, and by whom. */
export interface PersonOptions
	extends Partial<Omit<UserTokenGetterParts, "options">> {
	/** Who answers the prompts. Default: Alice. */
	readonly user?: User;
	/** The public client. Default: the desktop app. */
	readonly app?: App;
	readonly tokenCache?: TokenCache;
	readonly options?: Partial<UserTokenGetterParts["options"]> & object;
	/** What a prompt waits for before somebody answers it. */
	readonly until?: () => Promise<unknown>;
}

/** A credential whose prompts are answered by the person's password, and counted. */
export function promptedPerson(
	entra: ReturnType<typeof emulatedEntra>,
	{ app, options, tokenCache, until, user, ...parts }: PersonOptions = {},
) {
	const { emulator } = entra;
	const { clientId } = app ?? emulator.apps.native;
	const all = {
		...entra.options,
		...(tokenCache && { tokenCache }),
		...options,
	};
	const client = entraClient("TestCredential", clientId, all);
	const prompts: PromptRequest[] = [];
	const person = { user: user ?? emulator.users.alice };
	const getter = new UserTokenGetter({
		credentialName: "TestCredential",
		client,
		tenantId: emulator.tenants.contoso.id,
		options: all,
		async prompt(request) {
			prompts.push(request);
			await until?.();
			const { password, username } = person.user;
			const form = { grant_type: "password", username, password };
			return client.requestToken(request, form, undefined);
		},
		...parts,
	});
	return {
		prompts,
		/** Who answers the next prompt. */
		person,
		getToken: getter.getToken.bind(getter),
		authenticate: getter.authenticate.bind(getter),
	};
}
