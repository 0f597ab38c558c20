using Commerce.Testing.Servers;

namespace Commerce.Testing;

/// <summary>Past sales of a real shop, as files of a day each.</summary>
public static class RealSales
{
    const string SharedFolder = "../shared/data/online-retail";

    /// <summary>Their folder where it lies beside the working copy; nothing where it does not.</summary>
    public static IEnumerable<string> Folders =>
        Path.GetFullPath(Path.Combine(Checkout.Root, SharedFolder)) is var folder && Directory.Exists(folder) ? [folder] : [];
}
