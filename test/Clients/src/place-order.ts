// A customer of Commerce who knows it by the generated types only: registers a product, takes units in, orders, reads, and is refused.
import createClient from "openapi-fetch";
import type { paths } from "./generated/commerce.js";

declare const process: { argv: string[]; exitCode?: number };

const [address = "", sku = "", apiKey = ""] = process.argv.slice(2);
const commerce = createClient<paths>({ baseUrl: address, headers: { Authorization: `Bearer ${apiKey}` } });
const key = (name: string) => ({ "Idempotency-Key": `"${name}-${sku}"` });

async function register(): Promise<void> {
  const { error } = await commerce.POST("/products", {
    params: { header: key("product") },
    body: { sku, name: "Mug", price: { amount: "4.95", currency: "GBP" } },
  });
  if (error) throw new Error(`${error.code}: ${error.detail}`);
}

async function receive(): Promise<void> {
  const { error } = await commerce.POST("/stock/{sku}/receipts", {
    params: { path: { sku }, header: key("receipt") },
    body: { quantity: 10, reference: "delivery 1" },
  });
  if (error) throw new Error(`${error.code}: ${error.detail}`);
}

async function order(what: string, quantity: number): Promise<string> {
  const { data, error } = await commerce.POST("/orders", {
    params: { header: key(`order-${what}-${quantity}`) },
    body: { currency: "GBP", country: "GB", lines: [{ sku: what, quantity }] },
  });
  if (data) return data.orderId;
  switch (error.code) {
    case "product-unknown":
    case "product-discontinued":
      return "cannot be had";
    case "quantity-invalid":
      return "not a quantity";
    // @ts-expect-error: a code that this operation does not answer with is none, and the compiler says so.
    case "sold-out":
      return "is no answer to an order";
    default:
      throw new Error(`${error.code}: ${error.detail}`);
  }
}

async function read(id: string): Promise<string> {
  for (let tries = 0; tries < 600; tries++) {
    const { data, error, response } = await commerce.GET("/orders/{id}", { params: { path: { id } } });
    if (data?.status === "confirmed") return `${data.status} ${data.lines[0]?.quantity} ${data.total?.amount}`;
    if (error && response.status !== 404) throw new Error(`${error.code}: ${error.detail}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("The order is not confirmed.");
}

await register();
await receive();
console.log(await read(await order(sku, 2)));
console.log(await order("NO-SUCH-PRODUCT", 1));
console.log(await order(sku, 0));
