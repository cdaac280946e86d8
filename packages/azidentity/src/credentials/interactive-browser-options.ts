import type { OpenBrowser } from "../platform/open-browser.ts";
import type { BrokerAuthOptions } from "./broker-options.ts";
import type {
	CredentialPersistenceOptions,
	TokenCacheOption,
} from "./cache-options.ts";
import type { InteractiveCredentialOptions } from "./interactive-credential-options.ts";

/** How a sign-in in a web page is shown. It has no meaning outside of web pages. */
export type BrowserLoginStyle = "redirect" | "popup";

/** The option for the pages that a person sees last. */
export interface BrowserCustomizationOptions {
	/**
	 * What is shown in place of our own pages: a text, or HTML, which is shown as you wrote it. It cannot run scripts,
	 * nor load anything but images that are part of it (`data:`).
	 */
	browserCustomizationOptions?: {
		/** Shown when the sign-in failed. */
		errorMessage?: string;
		/** Shown when the person is signed in. */
		successMessage?: string;
	};
}

/** What both forms of the options have. */
interface BrowserSignInOptions extends InteractiveCredentialOptions {
	/**
	 * Where the browser comes back to: `http://localhost`, with a port or a path if the application is registered so.
	 * Default: `http://localhost`, which stands for any free port. A function is asked at each sign-in.
	 */
	redirectUri?: string | (() => string);
	/**
	 * The tenant to sign in to. Default: the one that the person belongs to.
	 */
	tenantId?: string;
	/** The user name of the person who is expected: they need not choose an account. */
	loginHint?: string;
}

/** Options of InteractiveBrowserCredential. */
export interface InteractiveBrowserCredentialNodeOptions
	extends BrowserSignInOptions,
		CredentialPersistenceOptions,
		TokenCacheOption,
		BrowserCustomizationOptions,
		BrokerAuthOptions {
	/**
	 * The client (application) id to sign in to, registered for mobile and desktop applications. Default: the one of
	 * Azure's developer tools, which is for trying things out.
	 */
	clientId?: string;
	/** How long a person has to sign in, in milliseconds. Default 300,000 (5 minutes). */
	signInTimeout?: number;
	/**
	 * How the browser brings the answer: as a form, which leaves the code in no address and no history, or in the
	 * address ("query"), for browsers that send no form to localhost. Default "form_post".
	 */
	responseMode?: "form_post" | "query";
	/** @internal Opens the browser. */
	openBrowser?: OpenBrowser;
}

/** The options as programs for web pages write them. */
export interface InteractiveBrowserCredentialInBrowserOptions
	extends BrowserSignInOptions {
	/** The client (application) id to sign in to. */
	clientId: string;
	/** Accepted, and without effect. */
	loginStyle?: BrowserLoginStyle;
}
