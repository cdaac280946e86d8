import { beforeEach } from "vitest";
import { callingUsers } from "./calling-users.ts";
import { emulatedEntra } from "./emulated-entra.ts";
import { serviceCredentialContract } from "./service-credential-contract.ts";

const entra = emulatedEntra();
const { signIn, onBehalfOf } = callingUsers(entra);

let userToken: string;
beforeEach(async () => {
	({ accessToken: userToken } = await signIn());
});

serviceCredentialContract("OnBehalfOfCredential", entra, {
	make: (options) =>
		onBehalfOf(userToken, {
			clientSecret: entra.emulator.apps.api.secrets[0],
			...options,
		}),
	clientId: () => entra.emulator.apps.api.clientId,
	// A user's token is good in the tenant that issued it.
	hasOtherTenants: false,
});
