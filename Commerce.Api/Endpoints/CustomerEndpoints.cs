using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Commands.Customers;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Customers;
using Commerce.Projections;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Endpoints;

/// <summary>Customers: <c>/customers</c>. Nothing personal stands in an address, and no refusal repeats what was sent.</summary>
static class CustomerEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapCustomers(this IEndpointRouteBuilder routes)
    {
        var customers = routes.MapGroup("/customers").WithTags("Customers").WithMetadata(new TakesPersonalData());

        customers.MapPost("/", async (Body<RegisterCustomer> body, CommandRequest request, CustomerDesk desk, CancellationToken ct) =>
            {
                var id = CustomerId.Of(request.Id.ToString());
                if (!request.Caller.MayActFor(id))
                {
                    return AccessProblems.CustomerForeign;
                }

                var outcome = await desk.Register(id, body.Value.ToDomain(), request.ContextOfPersonalData(), ct);
                return outcome.Created($"/customers/{id}", ApiJson.Default.CustomerAccepted, done => new(id, done.Position.ToString()));
            })
            .Command("RegisterCustomer", "Register a customer", isKeyRequired: true)
            .Answers<CustomerAccepted>(201, 409, 422);

        customers.MapGet("/{id}", async (string id, HttpContext http, CustomerQueries queries, CustomerDesk desk, CancellationToken ct) =>
                CustomerId.TryParse(id, null, out var known) && http.Caller().MayActFor(known) && await queries.Get(known, ct) is { } customer
                    ? await Shown(http, known, customer, desk, ct)
                    : Problems.Of(CustomerRejections.Unknown))
            .Describe("GetCustomer", "A customer", "Once they are erased, `erased` is true and what is personal is null.")
            .WaitsFor(ProjectionNames.Customers)
            .Answers<CustomerResource>(200, 404);

        customers.MapPut("/{id}/address", async (string id, Body<PostalAddress> body, CommandRequest request, CustomerDesk desk, CancellationToken ct) =>
                await Answer(id, request.Caller, ApiJson.Default.CustomerAccepted, known => desk.ChangeAddress(known, body.Value, request.ContextOfPersonalData(), ct), (known, done) => new(known, done.Position.ToString())))
            .Command("ChangeCustomerAddress", "Note where a customer lives now", isKeyRequired: false)
            .Answers<CustomerAccepted>(200, 404, 409, 412, 422);

        customers.MapPut("/{id}/contact", async (string id, Body<PersonalContact> body, CommandRequest request, CustomerDesk desk, CancellationToken ct) =>
                await Answer(id, request.Caller, ApiJson.Default.CustomerAccepted, known => desk.CorrectContact(known, body.Value, request.ContextOfPersonalData(), ct), (known, done) => new(known, done.Position.ToString())))
            .Command("CorrectCustomerContact", "Correct what a customer is called and how they are reached", isKeyRequired: false)
            .Answers<CustomerAccepted>(200, 404, 409, 412, 422);

        customers.MapPost("/{id}/erase", async (string id, Body<EraseCustomer> body, CommandRequest request, CustomerDesk desk, ErasedCustomers erased, CancellationToken ct) =>
            {
                var reason = Words.Value<ErasureReason>("reason", body.Value.Reason) ?? throw Query.Refused("reason", "A reason is needed.");
                var askedBy = Words.Value<ErasureParty>("askedBy", body.Value.AskedBy) ?? ErasureParty.Customer;
                return await Answer(id, request.Caller, ApiJson.Default.CustomerErased, known => desk.Erase(known, reason, askedBy, request.Context(body.Value, ApiJson.Default.EraseCustomer), ct), (known, done) =>
                {
                    erased.Add(known);
                    return new(known, Erased: true, done.Position.ToString());
                });
            })
            .Command("EraseCustomer", "Erase a customer: destroys their key, for good", isKeyRequired: false)
            .Answers<CustomerErased>(200, 404, 412, 422);
    }

    // What is shown may not lie in anybody's cache (RFC 9111, 5.2.2.5). A key that is gone before the read model knows has no tag: the
    // tag of what was there would keep a client's own copy valid.
    static async Task<IResult> Shown(HttpContext http, CustomerId id, CustomerView customer, CustomerDesk desk, CancellationToken cancellationToken)
    {
        var details = customer.Details is { } encrypted ? await desk.Read(id, encrypted, customer.Address, customer.Contact, cancellationToken).ConfigureAwait(false) : null;
        http.Response.Headers[HeaderNames.CacheControl] = "no-store";
        return QueryAnswers.Resource(http, CustomerResource.Of(customer, details), details is null && customer.ErasedAt is null ? null : customer.Revision, ApiJson.Default.CustomerResource);
    }

    static async Task<IResult> Answer<TBody>(
        string id, Caller caller, System.Text.Json.Serialization.Metadata.JsonTypeInfo<TBody> json, Func<CustomerId, Task<CommandOutcome>> command, Func<CustomerId, CommandOutcome.Accepted, TBody> body)
        where TBody : class =>
        CustomerId.TryParse(id, null, out var known) && caller.MayActFor(known)
            ? (await command(known).ConfigureAwait(false)).Ok(json, done => body(known, done))
            : Problems.Of(CustomerRejections.Unknown);
}
