using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>What is there before the first request, under ids that are the same each time.</summary>
static class FuzzShop
{
    const int Skus = 8;
    const int Customers = 4;
    const int Orders = 8;
    const int Sales = 2;
    const int ClaimsEach = 4;

    /// <summary>Makes it, and tells the names of what is there.</summary>
    public static async Task<Values> Open(HttpClient http)
    {
        var skus = Named("FUZZ", Skus);
        foreach (var sku in skus)
        {
            await Post(http, "/products", $"product-{sku}", $$$"""{"sku":"{{{sku}}}","name":"Mug","price":{"amount":"2.50","currency":"GBP"}}""");
            await Post(http, $"/stock/{sku}/receipts", $"receipt-{sku}", """{"quantity":900000,"reference":"delivery"}""");
        }

        var customers = await Ids(http, "/customers", "customerId", Customers, n => $$"""{"name":"Ann {{n}}","email":"ann{{n}}@example.com"}""");
        var orders = await Ids(http, "/orders", "orderId", Orders, n => $$"""{"currency":"GBP","customerId":"c-{{n}}","country":"GB","paymentToken":"tok_ok","lines":[{"sku":"{{skus[n]}}","quantity":3}]}""");
        var sales = await Ids(http, "/flash-sales", "saleId", Sales, n => $$$"""{"sku":"{{{skus[n]}}}","units":1000,"unitPrice":{"amount":"1.95","currency":"GBP"},"opens":"{{{Day(0)}}}","closes":"{{{Day(1)}}}","unitsPerCustomer":3,"minutesToPay":60}""");
        var claims = new List<string>();
        foreach (var sale in sales)
        {
            claims.AddRange(await Ids(http, $"/flash-sales/{sale}/claims", "claimId", ClaimsEach, n => $$"""{"customerId":"claimer-{{n}}"}"""));
        }

        return new(Pools(skus, customers, orders, sales, [.. claims]));
    }

    static Dictionary<string, string[]> Pools(string[] skus, string[] customers, string[] orders, string[] sales, string[] claims) => new()
    {
        ["sku"] = skus,
        ["customers"] = customers,
        ["orders"] = orders,
        ["payments"] = orders,
        ["flash-sales"] = sales,
        ["claim"] = claims,
        ["orderId"] = orders,
        ["saleId"] = sales,
        ["claimId"] = claims,
        ["id"] = [.. orders, .. sales],
        ["dead-letters"] = orders,
        ["customerId"] = Named("c", Orders),
        ["name"] = ["products", "stock", "orders", "nothing"],
        ["provider"] = ["sandbox", "provider"],
        ["view"] = ["sales_by_day", "sales_by_country", "funnel", "orders", "products", "stock", "payments", "flash_sales", "as_of", "nothing"],
        ["date"] = [Day(0)[..10], Day(-1)[..10], "2026-02-30"],
        ["stream"] = [.. skus.Select(s => $"product-{s}"), .. skus.Select(s => $"stock-{s}@main"), .. orders.Select(o => $"order-{o}"), .. orders.Select(o => $"fulfilment-{o}"), .. sales.Select(s => $"flashsale-{s}"), .. customers.Select(c => $"customer-{c}")],
        ["currency"] = ["GBP", "GBP", "GBP", "GBP", "EUR", "JPY"],
        ["amount"] = ["2.50", "0", "1.9999", "-1.00", "1000000"],
        ["country"] = ["GB", "DE"],
        ["paymentToken"] = ["tok_ok", "tok_ok", "tok_declined"],
        ["location"] = ["main", "annexe"],
        ["quantity"] = ["1", "2", "3"],
        ["units"] = ["1", "5"],
        ["unitsPerCustomer"] = ["1", "2"],
        ["minutesToPay"] = ["1", "15"],
        ["shards"] = ["1", "2"],
        ["position"] = ["1", "2"],
        ["by"] = ["customer", "house"],
        ["email"] = ["ann@example.com"],
        ["phone"] = ["+44 29 2018 0000"],
        ["type"] = ["payment.authorisation", "payment.capture"],
        ["?limit"] = ["1", "2", "10"],
        ["?cursor"] = [string.Empty],
        ["?sku"] = skus,
        ["?name"] = ["Mug"],
        ["?customerId"] = Named("c", Orders),
        ["?status"] = ["placed", "confirmed", "cancelled", "rejected"],
        ["?compensating"] = ["true", "false"],
        ["?discontinued"] = ["true", "false"],
        ["?from"] = ["2026-01-01", "0", "1"],
        ["?to"] = ["2027-01-01", "5", "revision:1"],
        ["?asOf"] = ["2027-01-01", "revision:0", "position:5"],
        ["?by"] = ["day", "month,country", "sku", "customer"],
        ["?format"] = ["json", "csv", "ndjson"],
        ["?type"] = ["order-placed.v1"],
        ["?after"] = ["0", "5"],
        ["?state"] = ["open", "waiting"],
        ["?correlationId"] = ["a"],
    };

    static string Day(int days) => TimeProvider.System.GetUtcNow().Date.AddDays(days).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    static string[] Named(string prefix, int count) => [.. Enumerable.Range(0, count).Select(n => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{n}"))];

    static async Task<string[]> Ids(HttpClient http, string path, string field, int count, Func<int, string> body)
    {
        var ids = new string[count];
        for (var n = 0; n < count; n++)
        {
            ids[n] = (await Post(http, path, string.Create(CultureInfo.InvariantCulture, $"{path}-{n}"), body(n))).GetProperty(field).GetString() ?? throw new InvalidOperationException($"{path} gives no {field}.");
        }

        return ids;
    }

    static async Task<JsonElement> Post(HttpClient http, string path, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonElement.Parse(text) : throw new InvalidOperationException($"{path}: {text}");
    }
}
