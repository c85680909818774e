// Each area of the portal is a page of its own, so that a citizen's phone loads nothing of an officer's console.
import {defineConfig} from "vite";

export default defineConfig({
  appType: "mpa",
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
    rolldownOptions: {
      input: {
        citizen: "index.html",
        scan: "scan/index.html",
        open: "open/index.html",
        venue: "venue/index.html",
        pass: "venue/scan/index.html",
        officer: "officer/index.html",
        worker: "src/offline/worker.ts",
      },
      // The service worker's folder is its scope, and its name never changes.
      output: {entryFileNames: ({name}) => (name === "worker" ? "worker.js" : "assets/[name]-[hash].js")},
    },
  },
});
