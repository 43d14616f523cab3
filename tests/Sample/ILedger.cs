namespace Ledger;

interface ILedger
{
    Task AppendAsync(int writer, long number, CancellationToken cancellationToken);
}
