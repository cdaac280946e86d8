/** Which hosts of Azure other servers of this machine stand in for. */
export interface ProxyRoutes {
	/** Leads connections to a host, or with `*.` in front to every host of a domain, to a port of this machine. */
	add(host: string, port: number): void;
	/** Where connections to a host go; `undefined` when nobody stands in for it. */
	portFor(host: string): number | undefined;
}

const HOST = /^(\*\.)?[a-z\d-]+(\.[a-z\d-]+)+$/i;

/** The newest route for a host counts: a server that was started again has another port. */
export function proxyRoutes(): ProxyRoutes {
	const ports = new Map<string, number>();
	return {
		add(host, port) {
			if (!HOST.test(host))
				throw new TypeError(
					'"host" has to be the name of a host, or "*." and a domain.',
				);
			if (!Number.isInteger(port) || port < 1 || port > 65_535)
				throw new TypeError('"port" has to be the number of a port.');
			ports.set(host.toLowerCase(), port);
		},
		portFor(host) {
			const name = host.toLowerCase();
			const domain = name.slice(name.indexOf("."));
			return ports.get(name) ?? ports.get(`*${domain}`);
		},
	};
}
