using System.Security.Cryptography;
using System.Text;
using Commerce.Domain.Seals;
using FsCheck;

namespace Commerce.Domain.Tests.Seals;

/// <summary>Trees of RFC 9162.</summary>
public sealed class MerkleTreeTests
{
    [FsCheck.NUnit.Property(MaxTest = 200, Replay = "9162,1")]
    public void Every_leaf_leads_to_the_root_and_no_other_leaf_does(PositiveInt size)
    {
        var leaves = Leaves(size.Get % 300 + 1);
        var root = MerkleTree.Root(leaves);
        for (var n = 0; n < leaves.Length; n++)
        {
            var path = MerkleTree.Path(leaves, n);
            Assert.That(MerkleTree.RootOf(leaves[n], n, leaves.Length, path), Is.EqualTo(root));
            Assert.That(MerkleTree.RootOf(Hash256.Zero, n, leaves.Length, path), Is.Not.EqualTo(root));
            Assert.That(MerkleTree.RootOf(leaves[n], n, leaves.Length, [.. path, root]), Is.Null);
        }
    }

    [Test]
    public void A_tree_is_that_of_the_largest_power_of_two_beside_that_of_the_rest([Range(2, 70)] int size)
    {
        var leaves = Leaves(size);
        var split = 1;
        while (split * 2 < size)
        {
            split *= 2;
        }

        Assert.That(MerkleTree.Root(leaves), Is.EqualTo(Node(MerkleTree.Root(leaves.AsSpan(0, split)), MerkleTree.Root(leaves.AsSpan(split)))));
    }

    [Test]
    public void A_tree_of_one_leaf_is_the_leaf() => Assert.That(MerkleTree.Root(Leaves(1)), Is.EqualTo(Leaves(1)[0]));

    [TestCase(-1)]
    [TestCase(5)]
    public void There_is_no_path_to_a_leaf_that_is_none(int index)
    {
        Assert.That(() => MerkleTree.Path(Leaves(5), index), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(MerkleTree.RootOf(Hash256.Zero, index, 5, []), Is.Null);
    }

    static Hash256[] Leaves(int count) => [.. Enumerable.Range(0, count).Select(n => new Hash256(SHA256.HashData(Encoding.UTF8.GetBytes($"leaf {n}"))))];

    static Hash256 Node(Hash256 left, Hash256 right) => new(SHA256.HashData(Convert.FromHexString($"01{left}{right}")));
}
