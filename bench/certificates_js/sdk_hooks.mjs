// Lets Node 22 read @pathcheck/dcc-sdk as the ES modules that its files are. As published it goes through the package
// `esm`, which Node 22 ended.
const folder = "/@pathcheck/dcc-sdk/lib/";

export const resolve = (name, context, next) => {
  const inside = context.parentURL?.includes(folder) && name.startsWith(".") && !name.endsWith(".js");
  return next(inside ? `${name}.js` : name, context);
};

export const load = (url, context, next) => next(url, url.includes(folder) ? {...context, format: "module"} : context);
