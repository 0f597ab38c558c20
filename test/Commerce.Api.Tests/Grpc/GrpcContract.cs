using Google.Protobuf.Reflection;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Tests.Grpc;

/// <summary>The contract of gRPC as lines, one for each method and field: what a client that was built with it relies on.</summary>
static class GrpcContract
{
    /// <summary>The files of <c>commerce.v1</c>.</summary>
    public static IReadOnlyList<FileDescriptor> Files { get; } =
    [
        Wire.CommonReflection.Descriptor, Wire.CatalogueReflection.Descriptor, Wire.InventoryReflection.Descriptor, Wire.OrdersReflection.Descriptor, Wire.FlashSalesReflection.Descriptor,
        Wire.AnalyticsReflection.Descriptor, Wire.AuditReflection.Descriptor, Wire.CommandsReflection.Descriptor,
    ];

    /// <summary>Every line.</summary>
    public static IReadOnlyList<string> Lines { get; } = [.. Files.SelectMany(f => f.Services.SelectMany(Methods).Concat(f.MessageTypes.SelectMany(Fields)))];

    /// <summary>What clients of the contract as it was rely on and is not so any more, by name.</summary>
    /// <param name="was">Lines of the contract as it was.</param>
    /// <param name="now">Lines as they are.</param>
    public static IReadOnlyList<string> Breaks(IEnumerable<string> was, IReadOnlyList<string> now)
    {
        var byName = now.ToDictionary(NameOf);
        return
        [
            .. was.Where(line => line.Length > 0).Select(line => !byName.TryGetValue(NameOf(line), out var present) ? $"{NameOf(line)} is gone"
                : present != line ? $"{NameOf(line)} was '{MeaningOf(line)}' and is '{MeaningOf(present)}'"
                : null).OfType<string>(),
        ];
    }

    static IEnumerable<string> Methods(ServiceDescriptor service) => service.Methods.Select(m =>
        $"{service.FullName}/{m.Name} ({(m.IsClientStreaming ? "stream " : "")}{m.InputType.FullName}) returns ({(m.IsServerStreaming ? "stream " : "")}{m.OutputType.FullName})");

    static IEnumerable<string> Fields(MessageDescriptor message) => message.NestedTypes.Where(t => !t.GetOptions()?.MapEntry ?? true).SelectMany(Fields).Prepend($"{message.FullName} message").Concat(
        message.Fields.InDeclarationOrder().Select(f => $"{message.FullName}.{f.Name} {LabelOf(f)}{TypeOf(f)} = {f.FieldNumber}"));

    static string LabelOf(FieldDescriptor field) =>
        field.IsMap ? "map " : field.IsRepeated ? "repeated " : field.RealContainingOneof is { } choice ? $"oneof {choice.Name} " : field.HasPresence && field.FieldType != FieldType.Message ? "optional " : "";

    static string TypeOf(FieldDescriptor field) => field.FieldType == FieldType.Message ? field.MessageType.FullName : field.FieldType.ToString().ToLowerInvariant();

    static string NameOf(string line) => line[..line.IndexOf(' ', StringComparison.Ordinal)];

    static string MeaningOf(string line) => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];
}
