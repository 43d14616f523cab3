using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

/// <summary>A member is read once, however many of its statements ask: counted here; what it takes is measured by <c>build/bench analyzers</c>.</summary>
public sealed class LongMembers
{
    const int Statements = 4_000;

    [Fact]
    public void Are_read_once_for_all_of_their_statements()
    {
        var read = 0;
        var lengths = new PerMember<string>(member =>
        {
            read++;
            return member.Descendants().Count().ToString(System.Globalization.CultureInfo.InvariantCulture);
        });

        var assignments = Assignments();
        var answers = assignments.Select(lengths.Of).Distinct().ToList();

        Assert.Equal(Statements, assignments.Count);
        Assert.Single(answers);
        Assert.Equal(1, read);
    }

    [Fact]
    public void Have_one_index_of_their_locals()
    {
        var assignments = Assignments();

        var indexes = assignments.Select(Mentions.Around).Distinct().ToList();

        var locals = Assert.Single(indexes);
        var local = ((ILocalReferenceOperation)assignments[0].Value).Local;
        Assert.Equal(Statements, locals.Of(local).Count);
        Assert.NotNull(locals.InitialValue(local));
    }

    static List<ISimpleAssignmentOperation> Assignments()
    {
        var statements = string.Concat(Enumerable.Repeat("_kept = rent;\n", Statements));
        var tree = CSharpSyntaxTree.ParseText($"class Orders {{ object _kept; void Run(object given) {{ var rent = given; {statements} }} }}", cancellationToken: TestContext.Current.CancellationToken);
        var model = CSharpCompilation.Create("Orders", [tree], References.Framework).GetSemanticModel(tree);
        return [.. tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes().OfType<AssignmentExpressionSyntax>()
            .Select(assignment => (ISimpleAssignmentOperation)model.GetOperation(assignment)!)];
    }
}
