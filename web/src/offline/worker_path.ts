// Where the service worker lies: at the root, since its folder is its scope.
export const workerPath = "/worker.js";

export function isWorkerPath(address: string): boolean {
  return address === workerPath;
}
