using Commerce.Projections.Auditing;
using Microsoft.OpenApi;

namespace Commerce.Api.Contract;

/// <summary>What the OpenAPI document says to people, beside what stands at the addresses.</summary>
static class DocumentTexts
{
    /// <summary>Of the whole.</summary>
    public const string Intro =
        """
        Commerce sells things under load and can prove what it did.

        **Positions.** Commands answer with `Commerce-Position`, their place in the log; a query that names it in `Commerce-Min-Position` waits until its read model has seen it.

        **Refusals** are problem details (RFC 9457) with a stable `code`; each operation names those that it may answer with. Beside them any address may answer 404 `route-unknown`, 405 `method-not-allowed` and 406 `not-acceptable`.

        **Values.** Amounts are decimal texts with a currency (ISO 4217), 64-bit numbers are texts, times are RFC 3339 in UTC. A field without a value is left out.

        **Versions.** Within `v1` the contract only grows: there may be new operations, new optional parameters and fields of requests, new fields and words in answers, new codes. Nothing is removed, renamed, made required or given another type. So a client passes over fields that it does not know, and takes a `code` that it does not know by its status. What has to break comes as `v2`, beside `v1`.
        """;

    static readonly Dictionary<string, string> Tags = new()
    {
        ["Analytics"] = "Figures for analysts, as JSON, CSV or NDJSON, each answer of one moment.",
        ["Audit"] = "The log itself: every event, any moment, what led to what.",
        ["Customers"] = "Customers and their personal data, encrypted until they are erased.",
        ["Flash sales"] = "Some units at a price of their own, first come, first served.",
        ["Health"] = "How this process and what it leans on are.",
        ["Keys"] = "Who may come, and as what.",
        ["Links"] = "Short links to pages of orders and to addresses.",
        ["Operations"] = "What waits for a person: dead letters, read models, callbacks, reconciliations.",
        ["Orders"] = "From placed to completed, or undone.",
        ["Payments"] = "The money of orders, and what the payment provider sends by itself.",
        ["Products"] = "The catalogue.",
        ["Webhooks"] = "Events of trade, sent to whoever subscribes.",
        ["Stock"] = "Units by SKU and location.",
    };

    /// <summary>By name; by operation and name where the same name means something else.</summary>
    static readonly Dictionary<string, string> Parameters = new()
    {
        ["after"] = "What the page before gave as `next`: a position in the log.",
        ["asOf"] = $"The moment: {Moment.Rule}. Without it, now.",
        ["by"] = "Dimensions, separated by commas: `day`, `week`, `month`, `country`, `sku`, `customer`.",
        ["claim"] = "The claim's id.",
        ["compensating"] = "`true` or `false`: whether something of the order is being undone.",
        ["correlationId"] = "What one request set off.",
        ["code"] = "The code of the link.",
        ["deliveryId"] = "The delivery: the id of its event.",
        ["country"] = "Where to.",
        ["cursor"] = "What the page before gave as `next`; the first page has none.",
        ["customerId"] = "Who ordered.",
        ["date"] = "Day in UTC, e.g. `2026-01-31`.",
        ["discontinued"] = "`true` or `false`: only those.",
        ["format"] = "`json`, `csv` or `ndjson`; without it `Accept` decides.",
        ["from"] = "Beginning, included.",
        ["id"] = "Its id.",
        ["limit"] = "How many at most.",
        ["name"] = "Its name.",
        ["provider"] = "Name of the payment provider.",
        ["sku"] = "Stock keeping unit.",
        ["state"] = "Only those in this state.",
        ["status"] = "Only those that stand there, e.g. `confirmed`.",
        ["stream"] = "Name of the stream, e.g. `order-…`, `stock-SKU@main`, `product-SKU`.",
        ["to"] = "End.",
        ["type"] = "Versioned name of the events, e.g. `order-placed.v1`.",
        ["view"] = "Name of the view, e.g. `orders`, `funnel`, `sales_by_country`.",
        ["webhook-id"] = "Names the callback, however often it is sent.",
        ["webhook-signature"] = "`v1,` and the base64 of HMAC-SHA256 over `{id}.{timestamp}.{body}`; several are separated by spaces.",
        ["webhook-timestamp"] = "When it was sent: seconds since 1970 in UTC.",
        ["ListOrders.to"] = "End, not included.",
        ["ListProducts.name"] = "How the name begins, upper and lower case alike.",
        ["ListProducts.sku"] = "How the SKU begins.",
        ["ReadSales.to"] = "Last day, included.",
        ["ReadView.to"] = "Last day, included.",
        ["ReadStream.from"] = "First revision, from 0.",
        ["SearchEvents.format"] = "`json` or `ndjson`; without it `Accept` decides.",
    };

    /// <summary>Describes the tags.</summary>
    public static void AddTags(OpenApiDocument document)
    {
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
        {
            tag.Description ??= Tags.GetValueOrDefault(tag.Name ?? string.Empty);
        }
    }

    /// <summary>Describes parameters that do not describe themselves.</summary>
    public static void AddParameters(OpenApiOperation operation, string name)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            parameter.Description ??= Parameters.GetValueOrDefault($"{name}.{parameter.Name}") ?? Parameters.GetValueOrDefault(parameter.Name ?? string.Empty);
        }
    }
}
