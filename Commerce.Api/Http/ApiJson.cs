using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Api.Endpoints;
using Commerce.Api.Links;
using Commerce.Api.Webhooks;
using Commerce.Commands.Payments.Callbacks;
using Commerce.Domain.Customers;
using Microsoft.AspNetCore.Mvc;

namespace Commerce.Api.Http;

/// <summary>
/// The JSON of the API: camelCase, nothing unknown, nothing twice, no number in quotes, nothing deeper than it has to be.
/// Whole numbers of 64 bits are texts, since JavaScript has none beyond 2^53; amounts are decimal texts.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = HttpLimits.JsonDepthMax,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(AnnounceFlashSale))]
[JsonSerializable(typeof(CallbackPage))]
[JsonSerializable(typeof(CancelOrder))]
[JsonSerializable(typeof(CancelRest))]
[JsonSerializable(typeof(ChangePrice))]
[JsonSerializable(typeof(ClaimAccepted))]
[JsonSerializable(typeof(ClaimPaid))]
[JsonSerializable(typeof(ClaimResource))]
[JsonSerializable(typeof(ClaimUnits))]
[JsonSerializable(typeof(CreateKey))]
[JsonSerializable(typeof(CustomerAccepted))]
[JsonSerializable(typeof(CustomerErased))]
[JsonSerializable(typeof(CustomerResource))]
[JsonSerializable(typeof(DeadLetterDecided))]
[JsonSerializable(typeof(DeadLetterPage))]
[JsonSerializable(typeof(DeadLetterResource))]
[JsonSerializable(typeof(DiscardDeadLetter))]
[JsonSerializable(typeof(EraseCustomer))]
[JsonSerializable(typeof(FlashSaleAccepted))]
[JsonSerializable(typeof(FlashSaleNow))]
[JsonSerializable(typeof(FlashSalePage))]
[JsonSerializable(typeof(FlashSaleResource))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(KeyCreated))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(KeyRevoked))]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(OrderAccepted))]
[JsonSerializable(typeof(OrderCancelled))]
[JsonSerializable(typeof(OrderPage))]
[JsonSerializable(typeof(OrderResource))]
[JsonSerializable(typeof(OrderRestCancelled))]
[JsonSerializable(typeof(PayClaim))]
[JsonSerializable(typeof(PaymentResource))]
[JsonSerializable(typeof(PlaceOrder))]
[JsonSerializable(typeof(PostalAddress))]
[JsonSerializable(typeof(PersonalContact))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(ProductAccepted))]
[JsonSerializable(typeof(ProductPage))]
[JsonSerializable(typeof(ProductResource))]
[JsonSerializable(typeof(ProviderCallback))]
[JsonSerializable(typeof(ReceiveStock))]
[JsonSerializable(typeof(ReconciliationPage))]
[JsonSerializable(typeof(ReconciliationResource))]
[JsonSerializable(typeof(RegisterCustomer))]
[JsonSerializable(typeof(RegisterProduct))]
[JsonSerializable(typeof(ReplayDeadLetter))]
[JsonSerializable(typeof(ReturnAccepted))]
[JsonSerializable(typeof(ReturnOrder))]
[JsonSerializable(typeof(RevokeKey))]
[JsonSerializable(typeof(RotateKey))]
[JsonSerializable(typeof(ShipmentAccepted))]
[JsonSerializable(typeof(ShipOrder))]
[JsonSerializable(typeof(StockAccepted))]
[JsonSerializable(typeof(StockResource))]
[JsonSerializable(typeof(StreamPage))]
[JsonSerializable(typeof(LoggedEventPage))]
[JsonSerializable(typeof(PastStateResource))]
[JsonSerializable(typeof(PastStateChanges))]
[JsonSerializable(typeof(TimelinePage))]
[JsonSerializable(typeof(ChangeWebhook))]
[JsonSerializable(typeof(CreateLink))]
[JsonSerializable(typeof(CreateWebhook))]
[JsonSerializable(typeof(LinkCreated))]
[JsonSerializable(typeof(LinkResource))]
[JsonSerializable(typeof(ReplayWebhook))]
[JsonSerializable(typeof(RotateWebhookKey))]
[JsonSerializable(typeof(WebhookAccepted))]
[JsonSerializable(typeof(WebhookDeliveryPage))]
[JsonSerializable(typeof(WebhookKeyed))]
[JsonSerializable(typeof(WebhookList))]
[JsonSerializable(typeof(WebhookResource))]
[JsonSerializable(typeof(WriteOffStock))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(DecideProjection))]
[JsonSerializable(typeof(ProjectionDecided))]
[JsonSerializable(typeof(ProjectionList))]
[JsonSerializable(typeof(ProjectionResource))]
[JsonSerializable(typeof(RetryProjection))]
[JsonSerializable(typeof(SkipProjectionEvent))]
sealed partial class ApiJson : JsonSerializerContext;
