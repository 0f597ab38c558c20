using System.Collections.Frozen;
using Commerce.Domain.Access;

namespace Commerce.Api.Security;

/// <summary>Who may come to an address: everybody, or clients of some roles.</summary>
/// <param name="Roles">The roles; null: nobody is asked who they are.</param>
sealed record Access(FrozenSet<AccessRole>? Roles)
{
    /// <summary>Whether a client of this role may.</summary>
    public bool Allows(AccessRole role) => Roles is null || Roles.Contains(role);
}

/// <summary>
/// Every address of the API and who may come to it: the one place where that is said. A row is named by the address's operation id, of gRPC by
/// service and method, of what has no name by its path. An address that is not here is refused to everybody. Beside the table stands only
/// what is a caller's own (<see cref="Caller"/>), and the page at <c>/docs</c>, which is no endpoint.
/// </summary>
static class AccessTable
{
    static readonly Access Everybody = new((FrozenSet<AccessRole>?)null);
    static readonly Access Operators = For();
    static readonly Access Consumers = For(AccessRole.Consumer);
    static readonly Access Analysts = For(AccessRole.Analyst);
    static readonly Access Auditors = For(AccessRole.Auditor);
    static readonly Access Buyers = For(AccessRole.Consumer, AccessRole.Analyst);
    static readonly Access Readers = For(AccessRole.Analyst, AccessRole.Auditor);

    static readonly Dictionary<string, Access> Rest = new(StringComparer.Ordinal)
    {
        ["GetLive"] = Everybody,
        ["GetReady"] = Everybody,
        ["openapi/{documentName}.json"] = Everybody,
        ["asyncapi.json"] = Everybody,
        ["TakePaymentCallback"] = Everybody, // signed by the payment provider

        ["RegisterCustomer"] = Consumers,
        ["GetCustomer"] = Consumers,
        ["ChangeCustomerAddress"] = Consumers,
        ["CorrectCustomerContact"] = Consumers,
        ["EraseCustomer"] = Consumers,

        ["RegisterProduct"] = Operators,
        ["ChangePrice"] = Operators,
        ["DiscontinueProduct"] = Operators,
        ["GetProduct"] = Buyers,
        ["ListProducts"] = Buyers,

        ["ReceiveStock"] = Operators,
        ["WriteOffStock"] = Operators,
        ["GetStock"] = Buyers,

        ["PlaceOrder"] = Consumers,
        ["CancelOrder"] = Consumers,
        ["CancelRest"] = Consumers,
        ["ShipOrder"] = Operators,
        ["ReturnOrder"] = Consumers,
        ["GetOrder"] = Buyers,
        ["ListOrders"] = Buyers,
        ["GetPayment"] = Buyers,

        ["AnnounceFlashSale"] = Operators,
        ["CloseFlashSale"] = Operators,
        ["ClaimUnits"] = Consumers,
        ["PayClaim"] = Consumers,
        ["GetFlashSale"] = Buyers,
        ["ListFlashSales"] = Buyers,
        ["ListenToFlashSale"] = Buyers,
        ["GetClaim"] = Buyers,

        ["ReadSales"] = Analysts,
        ["ReadView"] = Analysts,

        ["ReadStream"] = Auditors,
        ["ReadPastState"] = Auditors,
        ["ComparePastStates"] = Auditors,
        ["SearchEvents"] = Auditors,
        ["ReadTimeline"] = Auditors,
        ["ListReconciliations"] = Readers,
        ["GetReconciliation"] = Readers,

        ["ListCallbacks"] = Operators,
        ["ListDeadLetters"] = Operators,
        ["GetDeadLetter"] = Operators,
        ["ReplayDeadLetter"] = Operators,
        ["DiscardDeadLetter"] = Operators,
        ["ListProjections"] = Operators,
        ["SkipProjectionEvent"] = Operators,
        ["RetryProjection"] = Operators,
        ["RebuildProjection"] = Operators,
        ["PauseProjection"] = Operators,
        ["ResumeProjection"] = Operators,
        ["DropReplacedProjection"] = Operators,

        ["CreateWebhook"] = Operators,
        ["ListWebhooks"] = Operators,
        ["GetWebhook"] = Operators,
        ["ChangeWebhook"] = Operators,
        ["DeleteWebhook"] = Operators,
        ["DisableWebhook"] = Operators,
        ["EnableWebhook"] = Operators,
        ["RotateWebhookKey"] = Operators,
        ["ListWebhookDeliveries"] = Operators,
        ["ReplayWebhookDelivery"] = Operators,
        ["ReplayWebhook"] = Operators,

        ["CreateLink"] = Consumers,
        ["GetLink"] = Consumers,
        ["FollowLink"] = Everybody, // who has its code was given it

        ["CreateKey"] = Operators,
        ["ListKeys"] = Operators,
        ["RotateKey"] = Operators,
        ["RevokeKey"] = Operators,
    };

    // A method of gRPC is open to those for whom the address of REST of the same name is.
    static readonly FrozenDictionary<string, Access> Rows = Rest.Concat(
    [
        .. Grpc("Catalogue", "RegisterProduct", "ChangePrice", "DiscontinueProduct", "GetProduct", "ListProducts"),
        .. Grpc("Inventory", "ReceiveStock", "WriteOffStock", "GetStock"),
        .. Grpc("Orders", "PlaceOrder", "CancelOrder", "CancelRest", "ShipOrder", "ReturnOrder", "GetOrder", "ListOrders", "GetPayment"),
        .. Grpc("FlashSales", "AnnounceFlashSale", "CloseFlashSale", "ClaimUnits", "PayClaim", "GetFlashSale", "ListFlashSales", "GetClaim"),
        .. Grpc("Analytics", "ReadSales", "ReadView"),
        .. Grpc("Audit", "ReadStream", "SearchEvents", "ReadTimeline"),
        KeyValuePair.Create("commerce.v1.FlashSales/Watch", Buyers),
        KeyValuePair.Create("commerce.v1.Audit/Follow", Auditors),
        KeyValuePair.Create("commerce.v1.Commands/Execute", Consumers), // each command on it is held to its own row
        KeyValuePair.Create("grpc.health.v1.Health/Check", Everybody),
        KeyValuePair.Create("grpc.health.v1.Health/Watch", Everybody),
        KeyValuePair.Create("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Everybody),
        KeyValuePair.Create("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Everybody),
    ]).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Names of all rows.</summary>
    public static IEnumerable<string> Names => Rows.Keys;

    /// <summary>Who may come; null: the address has no row, and nobody may.</summary>
    public static Access? Of(RouteEndpoint endpoint) => Of(NameOf(endpoint));

    /// <summary>Who may come to the address of this name; null: it has no row.</summary>
    public static Access? Of(string name) => Rows.GetValueOrDefault(name);

    /// <summary>What an address is called in the table.</summary>
    public static string NameOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? endpoint.RoutePattern.RawText?.Trim('/') ?? string.Empty;

    static IEnumerable<KeyValuePair<string, Access>> Grpc(string service, params IEnumerable<string> methods) =>
        methods.Select(method => KeyValuePair.Create($"commerce.v1.{service}/{method}", Rest[method]));

    static Access For(params ReadOnlySpan<AccessRole> roles) => new([.. roles, AccessRole.Operator]);
}
