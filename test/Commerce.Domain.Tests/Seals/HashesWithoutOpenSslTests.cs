using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Commerce.Domain.Seals;

namespace Commerce.Domain.Tests.Seals;

/// <summary>Hashes where OpenSSL's library is not as it is expected: what was sealed elsewhere holds there all the same.</summary>
public sealed class HashesWithoutOpenSslTests
{
    static readonly string Ones = new('1', 2 * Hash256.Size);
    static readonly string Twos = new('2', 2 * Hash256.Size);

    [Test]
    public void The_runtime_hashes_where_the_library_cannot_be_loaded() => HashesAllTheSameWhere(() => throw new DllNotFoundException("There is none."));

    [Test]
    public void The_runtime_hashes_where_the_library_is_of_another_kind_of_machine() => HashesAllTheSameWhere(() => throw new BadImageFormatException("It is of another kind."));

    // The program itself is a library that has none of these functions.
    [Test]
    public void The_runtime_hashes_where_the_library_does_not_have_the_functions() => HashesAllTheSameWhere(NativeLibrary.GetMainProgramHandle);

    // A second copy of the assembly looks for the library by itself: the one that tests use may have it already.
    static void HashesAllTheSameWhere(Func<nint> load)
    {
        var machine = new AssemblyLoadContext("another machine", isCollectible: true);
        try
        {
            var asked = new HashSet<string>();
            var copy = machine.LoadFromAssemblyPath(typeof(MerkleTree).Assembly.Location);
            NativeLibrary.SetDllImportResolver(copy, (library, _, _) =>
            {
                asked.Add(library);
                return load();
            });

            Assert.That(Leaf(copy, Ones, Twos), Is.EqualTo(Leaf(typeof(MerkleTree).Assembly, Ones, Twos)).And.Length.EqualTo(2 * Hash256.Size));
            Assert.That(asked, Is.EqualTo((string[])["libcrypto.so.3"]), "It tried.");
        }
        finally
        {
            machine.Unload();
        }
    }

    static string? Leaf(Assembly assembly, string first, string second)
    {
        var hash = TypeIn(assembly, typeof(Hash256));
        var parse = hash.GetMethod(nameof(Hash256.TryParse));
        var leaf = TypeIn(assembly, typeof(MerkleTree)).GetMethod(nameof(MerkleTree.Leaf), [hash, hash]);
        return leaf?.Invoke(null, [parse?.Invoke(null, [first]), parse?.Invoke(null, [second])])?.ToString();
    }

    static Type TypeIn(Assembly assembly, Type ours) => assembly.GetType(ours.FullName ?? string.Empty) ?? throw new AssertionException($"The copy has no {ours}.");
}
