// Shops over gRPC with what a stranger has: an address, @grpc/grpc-js, and the server's own reflection instead of .proto files.
// Usage: node grpc-shop.mjs HOST:PORT SKU [KEY]; prints what it saw as JSON.
import grpc from '@grpc/grpc-js';
import reflection from 'grpc-js-reflection-client';

const [address, sku, key] = process.argv.slice(2);
const credentials = grpc.credentials.createInsecure();
const patience = 60_000;

const server = new reflection.GrpcReflection(address, credentials);
const load = async symbol => (await server.getDescriptorBySymbol(symbol)).getPackageObject({ keepCase: true, longs: String, defaults: true, oneofs: true });
const services = await server.listServices();
const { Catalogue } = (await load('commerce.v1.Catalogue')).commerce.v1;
const { Inventory } = (await load('commerce.v1.Inventory')).commerce.v1;
const { Orders } = (await load('commerce.v1.Orders')).commerce.v1;
const { Audit } = (await load('commerce.v1.Audit')).commerce.v1;
const { Health } = (await load('grpc.health.v1.Health')).grpc.health.v1;

// Calls a method; metadata by name.
function call(client, method, request, metadata = {}) {
  const sent = new grpc.Metadata();
  Object.entries(metadata).forEach(([name, value]) => sent.set(name, value));
  if (key) {
    sent.set('authorization', `Bearer ${key}`);
  }

  return new Promise((resolve, reject) =>
    client[method](request, sent, { deadline: Date.now() + patience }, (error, reply) => (error ? reject(error) : resolve(reply))));
}

const [catalogue, inventory, orders, audit, health] = [Catalogue, Inventory, Orders, Audit, Health].map(Client => new Client(address, credentials));
const state = await call(health, 'check', { service: '' });
await call(catalogue, 'registerProduct', { sku, name: 'Mug', price: { amount: '4.95', currency: 'GBP' } }, { 'idempotency-key': `product-${sku}` });
await call(inventory, 'receiveStock', { sku, quantity: 10, reference: 'delivery 1' }, { 'idempotency-key': `receipt-${sku}` });
const placed = await call(
  orders, 'placeOrder', { currency: 'GBP', country: 'GB', payment_token: 'tok_ok', lines: [{ sku, quantity: 2 }] }, { 'idempotency-key': `order-${sku}` });

// Follows the order's events from before it until it is confirmed.
const metadata = new grpc.Metadata();
if (key) {
  metadata.set('authorization', `Bearer ${key}`);
}

const events = [];
const following = audit.follow({ after: '0', stream_prefixes: [`order-${placed.order_id}`] }, metadata, { deadline: Date.now() + patience });
await new Promise((resolve, reject) => {
  following.on('data', told => {
    if (told.event) {
      events.push({ type: told.event.type, data: JSON.parse(told.event.data.toString('utf8')), position: told.position });
    }

    if (told.event?.type.startsWith('order-confirmed.')) {
      following.cancel();
      resolve();
    }
  });
  following.on('error', error => (error.code === grpc.status.CANCELLED ? resolve() : reject(error)));
  following.on('end', resolve);
});

const order = await call(orders, 'getOrder', { order_id: placed.order_id }, { 'commerce-min-position': events.at(-1).position });
const refused = await call(orders, 'placeOrder', { currency: 'GBP', lines: [{ sku: 'NONE', quantity: 1 }] }, { 'idempotency-key': `none-${sku}` }).catch(error => error);
console.log(JSON.stringify({
  services,
  health: state.status,
  orderId: placed.order_id,
  events: events.map(event => event.type),
  status: order.status,
  total: order.total,
  refused: { code: refused.code, details: refused.details },
}));
[catalogue, inventory, orders, audit, health].forEach(client => client.close());
process.exit(0);
