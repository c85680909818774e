// Has the browser keep the pages for a door without a network. The one place where a text becomes the address of code: the
// policy `lindung` lets one address through.
import {isWorkerPath, workerPath} from "./worker_path";

interface Policy {
  createScriptURL(address: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: Policy): Policy;
}

function trusted(address: string): string {
  const factory = (globalThis as {trustedTypes?: PolicyFactory}).trustedTypes;
  if (!factory) return address;
  const policy = factory.createPolicy("lindung", {
    createScriptURL: (asked) => {
      if (!isWorkerPath(asked)) throw new TypeError("no script of ours");
      return asked;
    },
  });
  return policy.createScriptURL(address);
}

/** After the page stands, so that it does not wait for this. */
export function bringOffline(): void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers) return;
  const register = () => {
    workers.register(trusted(workerPath), {scope: "/"}).catch(() => {
      // A private window has none: the page works, with a network.
    });
  };
  if (document.readyState === "complete") register();
  else addEventListener("load", register, {once: true});
}
