using System.Collections.Immutable;
using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Commands.Catalog;
using Commerce.Commands.Customers;
using Commerce.Commands.Handling;
using Commerce.Commands.Numbering;
using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Orders;

namespace Commerce.Api.Handling;

/// <summary>Places orders: looks up what each product costs now, then lets the order decide. Customers need not be registered; who is erased gets no order any more.</summary>
sealed class OrderPlacement(CommandProcessor commands, ProductCatalogue catalogue, OrderNumbers numbers, ErasedCustomers erased)
{
    /// <summary>Products looked up at once: most are known, the others are one short read each.</summary>
    const int LookupsMax = 16;

    /// <summary>Places it, or gives back what was placed under the same key before.</summary>
    public async Task<Handled<OrderAccepted>> Place(PlaceOrder body, CommandCall call, CancellationToken cancellationToken)
    {
        if (body.Lines.Length > Order.LinesMax)
        {
            return new(Problems.Of(OrderRejections.LinesInvalid));
        }

        if (!call.Caller.MayActFor(body.CustomerId))
        {
            return new(AccessProblems.CustomerForeign);
        }

        var id = new OrderId(call.Id);
        var (lines, unsellable) = await Price(body.Lines, cancellationToken).ConfigureAwait(false);
        var refusal = body.CustomerId is { } customer && await erased.Has(customer, cancellationToken).ConfigureAwait(false) ? Problems.CustomerErased : unsellable;
        if (refusal is not null && (await commands.Load(Order.Decider, Order.StreamOf(id), cancellationToken).ConfigureAwait(false)).Revision < 0)
        {
            return new(refusal);
        }

        // A repeat of what was accepted gets that answer, even when a product of it is sold no more or its customer is erased: the processor knows the key.
        var number = numbers.Next();
        var command = new OrderCommand.Place(id, number, body.Currency, body.CustomerId, body.Country, body.PaymentToken, OrderOrigin.Client, lines);
        var context = call.Context("POST /orders", body, ApiJson.Default.PlaceOrder) with { BeginsStream = true };
        var outcome = await commands.Handle(Order.Decider, Order.StreamOf(id), command, context, cancellationToken).ConfigureAwait(false);
        return outcome.As(done => Accepted(id, done));
    }

    static OrderAccepted Accepted(OrderId id, CommandOutcome.Accepted done)
    {
        var placed = done.Events.OfType<OrderEvent.Placed>().Single();
        return new(id, placed.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), "placed", done.Position.ToString());
    }

    async ValueTask<(ImmutableArray<OrderLine> Lines, Problem? Unsellable)> Price(ImmutableArray<PlaceOrderLine> wishes, CancellationToken cancellationToken)
    {
        var products = new Product?[wishes.Length];
        var isEachKnown = true;
        for (var n = 0; n < products.Length; n++)
        {
            isEachKnown &= catalogue.TryRecall(wishes[n].Sku, out products[n]);
        }

        if (!isEachKnown)
        {
            await LookUp(wishes, products, cancellationToken).ConfigureAwait(false);
        }

        var lines = ImmutableArray.CreateBuilder<OrderLine>(wishes.Length);
        foreach (var wish in wishes)
        {
            var product = products[lines.Count] ?? Product.None;
            if (Unsellable(wish.Sku, lines.Count + 1, product) is { } refusal)
            {
                return ([], refusal);
            }

            lines.Add(new(lines.Count + 1, wish.Sku, product.Name, wish.Quantity, product.Price));
        }

        return (lines.MoveToImmutable(), null);
    }

    async Task LookUp(ImmutableArray<PlaceOrderLine> wishes, Product?[] products, CancellationToken cancellationToken)
    {
        foreach (var skus in wishes.Where((_, n) => products[n] is null).Select(w => w.Sku).Distinct().Chunk(LookupsMax))
        {
            var found = await Task.WhenAll(skus.Select(sku => catalogue.Find(sku, cancellationToken))).ConfigureAwait(false);
            for (var n = 0; n < products.Length; n++)
            {
                products[n] ??= Array.IndexOf(skus, wishes[n].Sku) is >= 0 and var place ? found[place] : null;
            }
        }
    }

    // To a product, an unknown SKU is an address that leads nowhere; to an order it is a wish that no rule can grant.
    static Problem? Unsellable(Sku sku, int line, Product product)
    {
        var rejection = !product.IsRegistered ? ProductRejections.Unknown : product.IsDiscontinued ? ProductRejections.Discontinued : null;
        return rejection is null ? null : new(StatusCodes.Status422UnprocessableEntity, rejection.Code, rejection.Detail)
        {
            Members = new Dictionary<string, object> { ["sku"] = sku.Value, ["line"] = (long)line },
        };
    }
}
