export type {
	Account,
	Grant,
	Held,
	TokenRequest,
	TokenSource,
} from "./token.ts";
