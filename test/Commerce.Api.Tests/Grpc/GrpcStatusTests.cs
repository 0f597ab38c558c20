using Commerce.Api.Grpc;
using Commerce.Api.Http;
using Commerce.Domain.Catalog;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Commerce.Api.Tests.Grpc;

/// <summary>One table says which status of gRPC a refusal has.</summary>
[TestFixture]
public sealed class GrpcStatusTests
{
    static readonly object[][] Table =
    [
        [Problems.KeyMissing, StatusCode.InvalidArgument],
        [Problems.KeyReused, StatusCode.FailedPrecondition],
        [Problems.RateLimited, StatusCode.ResourceExhausted],
        [Problems.BodyTooLarge, StatusCode.ResourceExhausted],
        [Problems.CommandTooLarge, StatusCode.InvalidArgument],
        [Problems.StreamDeleted, StatusCode.FailedPrecondition],
        [Problems.SaleBusy, StatusCode.Unavailable],
        [Problems.LogUnavailable, StatusCode.Unavailable],
        [Problems.Lagging, StatusCode.Unavailable],
        [Problems.TimedOut, StatusCode.DeadlineExceeded],
        [Problems.Internal, StatusCode.Internal],
        [new Problem(401, "unauthenticated", "Who?"), StatusCode.Unauthenticated],
        [new Problem(403, "forbidden", "No."), StatusCode.PermissionDenied],
        [new Problem(412, "revision-mismatch", "It has changed."), StatusCode.Aborted],
        [Problems.Of(OrderRejections.Unknown), StatusCode.NotFound],
        [Problems.Of(OrderRejections.Exists), StatusCode.AlreadyExists],
        [Problems.Of(OrderRejections.LinesInvalid), StatusCode.InvalidArgument],
        [Problems.Of(OrderRejections.CurrencyMismatch), StatusCode.FailedPrecondition],
        [Problems.Of(ProductRejections.Discontinued), StatusCode.FailedPrecondition],
        [Problems.Of(FlashSaleRejections.SoldOut), StatusCode.FailedPrecondition],
        [Problems.Of(StockRejections.OutOfStock(1)), StatusCode.FailedPrecondition],
    ];

    [TestCaseSource(nameof(Table))]
    public void A_refusal_has_the_status_that_tells_a_client_what_to_do(object problem, object status) => Assert.That(GrpcStatuses.Of((Problem)problem), Is.EqualTo(status));

    [Test]
    public void Who_should_come_again_is_told_when()
    {
        var status = (Problems.SaleBusy with { RetryAfter = TimeSpan.FromSeconds(3) }).Exception().GetRpcStatus();

        Assert.That(status?.GetDetail<ErrorInfo>()?.Reason, Is.EqualTo("sale-busy"));
        Assert.That(status?.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan(), Is.EqualTo(TimeSpan.FromSeconds(3)));
        Assert.That(Problems.KeyMissing.Exception().GetRpcStatus()?.GetDetail<RetryInfo>(), Is.Null);
    }

    [Test]
    public async Task A_call_that_is_turned_away_before_its_service_has_a_status_all_the_same()
    {
        var http = new DefaultHttpContext { Request = { ContentType = "application/grpc" } };
        await (Problems.RateLimited with { RetryAfter = TimeSpan.FromSeconds(1) }).ExecuteAsync(http);

        Assert.That((http.Response.StatusCode, http.Response.ContentType, http.Response.Headers["grpc-status"].ToString()), Is.EqualTo((200, "application/grpc", "8")));
        Assert.That(http.Response.Headers["grpc-message"].ToString(), Is.EqualTo(Problems.RateLimited.Detail));
        var details = http.Response.Headers["grpc-status-details-bin"].ToString();
        var status = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '=')));
        Assert.That(status.GetDetail<ErrorInfo>()?.Reason, Is.EqualTo("rate-limited"));
    }
}
