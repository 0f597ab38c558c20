using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Commerce.Api.Security;

/// <summary>What the OpenAPI document says of who may come where: as <see cref="AccessTable"/> has it.</summary>
static class AccessDocument
{
    const string Scheme = "bearer";

    /// <summary>How clients say who they are.</summary>
    public static void Describe(OpenApiDocument document) => (document.Components ??= new()).SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
    {
        [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key of the API (`ck_…`), as an operator makes them, or a token (JWT) of the issuer that is configured." },
    };

    /// <summary>Who may come to an address, as a security requirement and in words.</summary>
    public static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        if (AccessTable.Of(operation.OperationId ?? string.Empty)?.Roles is not { } roles)
        {
            return;
        }

        operation.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
        operation.Description = $"{operation.Description}\n\nFor {string.Join(", ", roles.Order()).ToLowerInvariant()}.".TrimStart();
    }
}
