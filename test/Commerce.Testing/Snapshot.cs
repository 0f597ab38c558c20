using System.Runtime.CompilerServices;
#if NAMED_PACKAGES
using VerifyNUnit;
#else
using System.Text;
using NUnit.Framework;
#endif

namespace Commerce.Testing;

/// <summary>
/// Compares a text with the file <c>{Class}.{Method}.verified.{ext}</c> beside the test's source (UTF-8 with BOM): the files
/// that Verify reads and writes. On a difference it writes <c>….received.{ext}</c> and fails; a person who wants the change
/// renames that file to <c>….verified.{ext}</c>.
/// </summary>
public static class Snapshot
{
#if NAMED_PACKAGES
    public static async Task Verify(string target, string extension, [CallerFilePath] string sourceFile = "") =>
        await Verifier.Verify(target, extension, settings: null, sourceFile);
#else
    static readonly UTF8Encoding Utf8WithBom = new(encoderShouldEmitUTF8Identifier: true);

    public static async Task Verify(string target, string extension, [CallerFilePath] string sourceFile = "")
    {
        var test = TestContext.CurrentContext.Test;
        var prefix = Path.Combine(Path.GetDirectoryName(sourceFile) ?? ".", $"{test.ClassName?.Split('.')[^1]}.{test.MethodName}");
        var (verified, received) = ($"{prefix}.verified.{extension}", $"{prefix}.received.{extension}");
        var expected = File.Exists(verified) ? Normal(await File.ReadAllTextAsync(verified)) : null;
        if (expected == Normal(target))
        {
            File.Delete(received);
            return;
        }

        await File.WriteAllTextAsync(received, Normal(target), Utf8WithBom);
        Assert.Fail($"{Path.GetFileName(received)} is not what {Path.GetFileName(verified)} holds. Where the change is wanted, rename it to that.\n{FirstDifference(expected ?? string.Empty, Normal(target))}");
    }

    // Line ends are those of the machine that checked the file out, and an editor may add one at the end.
    static string Normal(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n');

    static string FirstDifference(string expected, string actual)
    {
        var (old, now) = (expected.Split('\n'), actual.Split('\n'));
        var at = Enumerable.Range(0, Math.Max(old.Length, now.Length)).First(n => old.ElementAtOrDefault(n) != now.ElementAtOrDefault(n));
        return $"Line {at + 1}: was  {old.ElementAtOrDefault(at)}\nLine {at + 1}: now  {now.ElementAtOrDefault(at)}";
    }
#endif
}
